package inspyr

// #include "go_calls.h"
import "C"

// Device is one engine on one device, as LoadOptions name them: see inspyr_device.
type Device struct {
	Engine, Device, Name, Instructions, Precisions string
	Reason                                         string // why it cannot be used; "" if it can
	FreeBytes, TotalBytes                          uint64 // of a GPU's memory, now
}

// Devices lists what a model can be loaded for, and what cannot be used. It loads every plug-in that there is.
func Devices() []Device {
	var devices []Device
	for {
		var c C.inspyr_device
		C.inspyr_device_init(&c)
		if C.inspyr_device_list(&c, C.size_t(len(devices)), nil) != C.INSPYR_OK {
			return devices
		}
		devices = append(devices, Device{C.GoString(&c.engine[0]), C.GoString(&c.device[0]), C.GoString(&c.name[0]),
			C.GoString(&c.instructions[0]), C.GoString(&c.precisions[0]), C.GoString(&c.reason[0]),
			uint64(c.free_bytes), uint64(c.total_bytes)})
	}
}
