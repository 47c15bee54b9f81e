/* picture.h - the pictures' part of the plug-in's table. Layer plug-in (shim/cuda). Threads: single. */
#ifndef INSPYR_SHIM_CUDA_PICTURE_H
#define INSPYR_SHIM_CUDA_PICTURE_H

#include "shim/cuda/device.h"

inspyr_status picture_create(device_picture **out, effect_device *device, int32_t width, int32_t height,
                             inspyr_error *error);
void picture_free(device_picture *picture);
inspyr_status picture_upload(device_picture *to, const inspyr_view *from, inspyr_error *error);
inspyr_status picture_download(const inspyr_view *to, const device_picture *from, inspyr_error *error);

#endif
