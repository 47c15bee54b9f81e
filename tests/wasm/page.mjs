/* page.mjs - the page in a headless Chromium: effects, controls and the cut-out do what they say.
 *
 * usage: page.mjs [FOLDER]      leaves screenshots there, and prints the milliseconds of each effect. */
import assert from "node:assert/strict";
import { ALL_DRAWN, visit } from "./chromium.mjs";

const page = await visit(process.argv[2]);

try {
  await page.shoot("desktop");

  const names = await page.run("[...document.querySelectorAll('.card .name')].map((n) => n.textContent)");
  const seen = new Set();
  for (const name of names) {
    await page.choose(name);
    seen.add((await page.pixels()).sum);
  }
  assert.equal(seen.size, names.length, "every effect draws something of its own");
  const controls = await page.run("document.querySelectorAll('#controls .control').length");
  assert.ok(controls >= 3, "the last effect has its controls");

  await page.run("document.querySelector('[data-sample^=astronaut]').click()");
  await page.until(`document.getElementById("canvas").width === 512 && ${ALL_DRAWN}`);
  await page.choose("enhancedblackwhite");
  const live = page.run(`new Promise((done) => {
    let frames = 0;
    const count = () => { frames++; document.getElementById("status").textContent.startsWith("Cut out") ? done(frames) : requestAnimationFrame(count); };
    document.getElementById("cut").click();
    requestAnimationFrame(count);
  })`);
  await page.until(`document.getElementById("status").textContent.startsWith("Cut out") || document.querySelector(".status.bad")`);
  assert.match(await page.status(), /^Cut out/);
  assert.ok((await live) > 5, "frames go on while the network runs");
  const { clear, count } = await page.pixels();
  assert.ok(clear > count / 10 && clear < count * 0.9, `${clear} of ${count} pixels are cut away`);
  await page.until(ALL_DRAWN);
  await page.shoot("cutout");
  await page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "dark" }] });
  await page.choose("duotone");
  await page.shoot("dark");
  await page.send("Emulation.setEmulatedMedia", { features: [] });
  await page.size(390, 844, true);
  await page.shoot("phone", true);
  assert.ok(await page.run("document.documentElement.scrollWidth <= 390"), "nothing sticks out on a phone");
  assert.deepEqual(page.faults, []);
  console.log(await page.run("[...document.querySelectorAll('.card')].map((c) => c.innerText.replace(/\\n/g, ' ')).join(', ')"));
} finally {
  await page.close();
}
