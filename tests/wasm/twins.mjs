/* twins.mjs - what the tests have in common: the module, its native twin, and pictures. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const { INSPYR_WASM: wasm, INSPYR_TWIN: twin, INSPYR_SOURCE: source } = process.env;

if (!wasm || !existsSync(wasm)) {
  console.log(`skipped: there is no ${wasm}; make wasm builds it`);
  process.exit(77);
}

const { load } = await import(`${source}/bindings/wasm/inspyr.js`);

export const weights = readFileSync(`${source}/src/models/nano.safetensors`);
export const photo = readFileSync(`${source}/demo/chelsea.png`);
export const loaded = () => load(readFileSync(wasm));

/* requests: [line, ...bytes]. Answers: { image } or { status, message }. */
export function ask(requests, ...options) {
  const input = requests.flatMap(([line, ...bytes]) => [Buffer.from(`${line}\n`), ...bytes.map((b) => Buffer.from(b))]);
  const run = spawnSync(twin, [`${source}/src/models/nano.safetensors`, ...options],
    { input: Buffer.concat(input), maxBuffer: 2 ** 30, stdio: ["pipe", "pipe", "inherit"] });
  if (run.status !== 0) throw new Error(`the native twin ended with ${run.status ?? run.signal}`);
  let at = 0;
  return requests.map(() => {
    const end = run.stdout.indexOf("\n", at);
    const line = run.stdout.toString("utf8", at, end);
    at = end + 1;
    if (!line.startsWith("OK ")) {
      const [status] = line.split(" ", 1);
      return { status, message: line.slice(status.length + 1) };
    }
    const [width, height, channels] = line.slice(3).split(" ").map(Number);
    const data = run.stdout.subarray(at, (at += width * height * channels));
    return { image: { data, width, height } };
  });
}

/* Shapes, slopes and noise; of alpha a disc that is opaque, an edge that is soft, and nothing. */
export function picture(width, height, channels) {
  const data = new Uint8ClampedArray(width * height * channels);
  let chance = 12345 + width * 131 + height;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        chance = (Math.imul(chance, 1664525) + 1013904223) >>> 0;
        const wave = 128 + 90 * Math.sin((x * (c + 1)) / 11 + y / 17) + (chance >>> 27);
        const far = Math.hypot(x / width - 0.5, y / height - 0.5);
        data[(y * width + x) * channels + c] = c === 3 ? 255 * (4 - 10 * far) : (x >> 3) % 5 ? wave : chance >>> 24;
      }
  return { data, width, height };
}

export function same(ours, theirs) {
  return ours.width === theirs.width && ours.height === theirs.height &&
    Buffer.compare(Buffer.from(ours.data), Buffer.from(theirs.data)) === 0;
}

export function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ((~value) >>> 0).toString(16).padStart(8, "0");
}
