/* png.js - PNG files of pictures with straight alpha, which a canvas cannot keep: it multiplies colours by alpha.
 *
 *     const file = await encodePng({ data, width, height });
 *
 * Needs CompressionStream: Chromium 80, Firefox 113, Safari 16.4, Node 18. */

const CHANNELS = 4;
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const HEADER = 13;
const PAETH = 4;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

function chunk(name, body) {
  const bytes = new Uint8Array(body.length + 12), view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(body, 8);
  view.setUint32(body.length + 8, crc(bytes.subarray(4, body.length + 8)));
  return bytes;
}

/* Every row as its difference from what Paeth's rule expects, behind the number of that rule. */
function filtered({ data, width, height }) {
  const row = width * CHANNELS, out = new Uint8Array((row + 1) * height);
  for (let y = 0, at = 0, to = 0; y < height; y++) {
    out[to++] = PAETH;
    for (let x = 0; x < row; x++, at++) {
      const left = x < CHANNELS ? 0 : data[at - CHANNELS], above = y ? data[at - row] : 0;
      const corner = x < CHANNELS || !y ? 0 : data[at - row - CHANNELS];
      const a = Math.abs(above - corner), b = Math.abs(left - corner), c = Math.abs(left + above - 2 * corner);
      out[to++] = data[at] - (a <= b && a <= c ? left : b <= c ? above : corner);
    }
  }
  return out;
}

async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/* A Blob; the picture has 4 bytes a pixel. */
export async function encodePng(picture) {
  const header = new Uint8Array(HEADER), view = new DataView(header.buffer);
  view.setUint32(0, picture.width);
  view.setUint32(4, picture.height);
  header.set([8, 6], 8); // bits of a channel; RGBA
  return new Blob([Uint8Array.from(SIGNATURE), chunk("IHDR", header), chunk("sRGB", new Uint8Array(1)),
    chunk("IDAT", await deflated(filtered(picture))), chunk("IEND", new Uint8Array(0))], { type: "image/png" });
}
