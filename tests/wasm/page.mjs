/* page.mjs - the page in a headless Chromium: effects, controls and the cut-out do what they say.
 *
 * usage: page.mjs [FOLDER]      leaves screenshots there, and prints the milliseconds of each effect. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { browse, serve } from "./chromium.mjs";

const { INSPYR_WASM: wasm = "", INSPYR_CHROMIUM: chromium = "" } = process.env;
if (!existsSync(wasm) || !existsSync(chromium)) {
  console.log(`skipped: ${existsSync(wasm) ? "there is no Chromium" : `there is no ${wasm}; make wasm builds it`}`);
  process.exit(77);
}
const [, , folder] = process.argv;
if (folder) mkdirSync(folder, { recursive: true });

const server = await serve(dirname(wasm));
const page = await browse(chromium);
const shoot = (name, whole) => folder && page.picture(join(folder, `${name}.png`), whole);
const status = () => page.run("document.getElementById('status').textContent");
const all = "[...document.querySelectorAll('.card .ms')].length && [...document.querySelectorAll('.card .ms')].every((m) => m.textContent !== '…')";
const pixels = `(() => {
  const c = document.getElementById("canvas");
  const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let sum = 0, clear = 0;
  for (let i = 0; i < d.length; i++) { sum = (sum * 31 + d[i]) % 1000003; if (i % 4 === 3 && d[i] === 0) clear++; }
  return { sum, clear, count: d.length / 4 };
})()`;
const choose = (name) => page.run(`[...document.querySelectorAll(".card")].find((c) => c.querySelector(".name").textContent === "${name}").click()`);
const settled = async (name) => page.until(`document.getElementById("text").textContent.startsWith("${name}@")`);

try {
  await page.size(1280, 900);
  await page.send("Page.navigate", { url: server.address });
  await page.until(`document.readyState === "complete" && ${all}`);
  await shoot("desktop");

  const names = await page.run("[...document.querySelectorAll('.card .name')].map((n) => n.textContent)");
  const seen = new Set();
  for (const name of names) {
    await choose(name);
    await settled(name);
    seen.add((await page.run(pixels)).sum);
  }
  assert.equal(seen.size, names.length, "every effect draws something of its own");
  const controls = await page.run("document.querySelectorAll('#controls .control').length");
  assert.ok(controls >= 3, "the last effect has its controls");

  await choose("popart");
  await settled("popart");
  const before = (await page.run(pixels)).sum;
  await page.run(`(() => { const s = document.getElementById("popart-saturation"); s.value = 0; s.dispatchEvent(new Event("input")); })()`);
  await page.until(`document.getElementById("text").textContent === "popart@1:saturation=0"`);
  assert.notEqual((await page.run(pixels)).sum, before, "a slider changes the picture");
  await page.run("document.getElementById('reset').click()");
  await page.until(`document.getElementById("text").textContent === "popart@1"`);
  assert.equal((await page.run(pixels)).sum, before, "and Reset brings it back");

  await page.run("document.querySelector('[data-sample^=astronaut]').click()");
  await page.until(`document.getElementById("canvas").width === 512 && ${all}`);
  await choose("enhancedblackwhite");
  await settled("enhancedblackwhite");
  const live = page.run(`new Promise((done) => {
    let frames = 0;
    const count = () => { frames++; document.getElementById("status").textContent.startsWith("Cut out") ? done(frames) : requestAnimationFrame(count); };
    document.getElementById("cut").click();
    requestAnimationFrame(count);
  })`);
  await page.until(`document.getElementById("status").textContent.startsWith("Cut out") || document.querySelector(".status.bad")`);
  assert.match(await status(), /^Cut out/);
  assert.ok((await live) > 5, "frames go on while the network runs");
  const { clear, count } = await page.run(pixels);
  assert.ok(clear > count / 10 && clear < count * 0.9, `${clear} of ${count} pixels are cut away`);
  await page.until(all);
  await shoot("cutout");
  await page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "dark" }] });
  await choose("duotone");
  await settled("duotone");
  await shoot("dark");
  await page.send("Emulation.setEmulatedMedia", { features: [] });
  await page.size(390, 844, true);
  await shoot("phone", true);
  assert.ok(await page.run("document.documentElement.scrollWidth <= 390"), "nothing sticks out on a phone");
  assert.deepEqual(page.faults, []);
  console.log(await page.run("[...document.querySelectorAll('.card')].map((c) => c.innerText.replace(/\\n/g, ' ')).join(', ')"));
} finally {
  await page.close();
  server.close();
}
