/* hand.mjs - the page in a headless Chromium, used by hand: sliders, choices, Reset, pictures that are opened and
 * dropped, and what is downloaded.
 *
 * usage: hand.mjs [FOLDER]      leaves screenshots there. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALL_DRAWN, visit } from "./chromium.mjs";
import { ask, loaded, same, weights } from "./twins.mjs";

const SEED = 1; // the page's
const folder = mkdtempSync(join(tmpdir(), "inspyr-page-"));
const page = await visit(process.argv[2]);
const astronaut = `${process.env.INSPYR_SOURCE}/demo/astronaut.png`;
const decoded = (file) => ask([[`decode ${file.length}`, file]])[0].image;
const withAlpha = ({ data, width, height }) => {
  const channels = data.length / (width * height);
  const rgba = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    (channels === 4 || i % 4 < 3 ? data[channels * (i >> 2) + (i % 4)] : 255));
  return { data: rgba, width, height };
};

const control = (id) => page.run(`(() => {
  const c = document.getElementById("${id}"), out = document.querySelector('output[for="${id}"]');
  return [c.type === "checkbox" ? c.checked : c.value, out?.value ?? null];
})()`);
const put = (id, property, value, event) => page.run(`(() => {
  const c = document.getElementById("${id}");
  c.${property} = ${JSON.stringify(value)};
  c.dispatchEvent(new Event("${event}"));
})()`);
const says = (text) => page.until(`document.getElementById("text").textContent === "${text}"`);

async function slidersAreRedrawnAndReset() {
  await page.choose("popart");
  const before = (await page.pixels()).sum;
  assert.deepEqual(await control("popart-saturation"), ["2", "2"]);
  await put("popart-saturation", "value", 0, "input");
  await says("popart@1:saturation=0");
  const changed = (await page.pixels()).sum;
  assert.notEqual(changed, before, "a slider changes the picture");
  assert.deepEqual(await control("popart-saturation"), ["0", "0"], "and the number beside it");
  await put("popart-contrast", "value", 4.25, "input");
  await says("popart@1:contrast=4.25,saturation=0");
  await page.choose("sketch");
  await page.choose("popart");
  assert.deepEqual(await control("popart-saturation"), ["0", "0"], "an effect keeps its values while another is seen");
  await says("popart@1:contrast=4.25,saturation=0");
  await page.click("reset");
  await says("popart@1");
  assert.equal((await page.pixels()).sum, before, "Reset brings the picture back");
  assert.deepEqual(await control("popart-saturation"), ["2", "2"], "and the sliders");
  assert.deepEqual(await control("popart-contrast"), ["2.5", "2.5"]);
}

/* Many changes, of which the last one counts. */
async function aSliderThatIsDraggedEndsWhereItStops() {
  await page.choose("watercolor");
  await page.run(`(() => {
    const slider = document.getElementById("watercolor-brush");
    for (let value = 1; value <= 12; value++) { slider.value = value; slider.dispatchEvent(new Event("input")); }
  })()`);
  await says("watercolor@1:brush=12");
  await page.shoot("slider");
  await page.click("reset");
  await says("watercolor@1");
  assert.deepEqual(await control("watercolor-brush"), ["4", "4 pixels"]);
}

async function otherControlsAreRedrawnAndReset() {
  await page.choose("retro8bit");
  const before = (await page.pixels()).sum;
  await put("retro8bit-quality_preset", "value", "3", "change");
  await put("retro8bit-preserve_edges", "checked", false, "change");
  await says("retro8bit@1:quality_preset=custom,preserve_edges=off");
  assert.notEqual((await page.pixels()).sum, before);
  await page.click("reset");
  await says("retro8bit@1");
  assert.equal((await page.pixels()).sum, before);
  assert.deepEqual([...await control("retro8bit-quality_preset"), ...await control("retro8bit-preserve_edges")], ["1", null, true, null]);

  await page.choose("duotone");
  await put("duotone-dark", "value", "#00ff7f", "input");
  await says("duotone@1:dark=00ff7f");
  await page.click("reset");
  await says("duotone@1");
  assert.deepEqual(await control("duotone-dark"), ["#1b1464", null]);

  await page.choose("enhancedblackwhite");
  await put("enhancedblackwhite-version", "value", "1", "change");
  await says("enhancedblackwhite@2");
  await page.click("reset");
  await says("enhancedblackwhite@1");
}

const board = () => page.run("(({ x, y, width, height }) => [x + width / 2, y + height / 2])(document.getElementById('board').getBoundingClientRect())");

async function drag(type, file) {
  const [x, y] = await board();
  await page.send("Input.dispatchDragEvent", { type, x, y, data: { items: [], files: [file], dragOperationsMask: 1 } });
}

const hovers = () => page.run("document.getElementById('board').classList.contains('over')");

/* A busy browser loses a drag that DevTools send: as a hand would, once more. */
async function dropped(file, isSo) {
  for (let tries = 1;; tries++) {
    await drag("dragEnter", file);
    await drag("dragOver", file);
    await drag("drop", file);
    try {
      return await page.until(isSo, 8);
    } catch (error) {
      console.log("STATUS", await page.status(), await page.run("document.getElementById(\"canvas\").width"), astronaut, page.faults);
      if (tries === 1)
        throw error;
    }
  }
}

async function aDroppedFileIsDrawn() {
  await drag("dragEnter", astronaut);
  await drag("dragOver", astronaut);
  await page.until("document.getElementById('board').classList.contains('over')");
  await page.run("document.body.dispatchEvent(new DragEvent('dragleave', { bubbles: true }))"); // DevTools send none
  assert.ok(!await hovers(), "a file that is taken away again");
  await drag("dragOver", astronaut);
  await page.until("document.getElementById('board').classList.contains('over')");
  await page.shoot("over");
  await dropped(astronaut, `document.getElementById("canvas").width === 512 && ${ALL_DRAWN}`);
  assert.ok(!await hovers(), "nothing hovers any more");
}

async function whatIsNoPictureIsRefused() {
  const file = join(folder, "notes.txt"), before = (await page.pixels()).sum;
  writeFileSync(file, "no picture");
  await dropped(file, "document.querySelector('.status.bad')");
  assert.equal(await page.status(), "notes.txt: not a picture that this browser reads");
  assert.equal((await page.pixels()).sum, before, "the picture stays");
}

async function openedWithTheButton(file) {
  const { root } = await page.send("DOM.getDocument");
  const { nodeId } = await page.send("DOM.querySelector", { nodeId: root.nodeId, selector: "#file" });
  await page.send("DOM.setFileInputFiles", { nodeId, files: [file] });
}

async function downloaded(name) {
  const file = join(folder, name);
  await page.click("download");
  for (let tries = 0; !existsSync(file) && tries < 600; tries++) await new Promise((resolve) => { setTimeout(resolve, 50); });
  const bytes = readFileSync(file);
  rmSync(file);
  return bytes;
}

/* Of a cut-out, whose alpha is small in many places: every byte is what the library draws. */
async function theDownloadHasTheLibrarysBytes() {
  const inspyr = await loaded(), photo = withAlpha(decoded(readFileSync(astronaut)));
  await page.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await page.choose("duotone");
  const [opaque] = inspyr.draw(photo, "duotone", { seed: SEED });
  assert.ok(same(decoded(await downloaded("astronaut_duotone.png")), opaque.image), "without a cut-out");

  const model = inspyr.loadModel(weights), cut = model.cutout(photo);
  model.free();
  await page.click("cut");
  await page.until(`document.getElementById("status").textContent.startsWith("Cut out")`);
  await page.until(ALL_DRAWN);
  await page.choose("watercolor");
  const file = decoded(await downloaded("astronaut_watercolor.png"));
  const [soft] = inspyr.draw(cut, "watercolor", { seed: SEED });
  assert.ok(soft.image.data.some((v, i) => i % 4 === 3 && v > 0 && v < 16), "some alpha is small");
  assert.ok(same(file, soft.image), "with a cut-out");
  await page.shoot("downloaded");
}

try {
  await slidersAreRedrawnAndReset();
  await aSliderThatIsDraggedEndsWhereItStops();
  await otherControlsAreRedrawnAndReset();
  await aDroppedFileIsDrawn();
  await whatIsNoPictureIsRefused();
  await openedWithTheButton(`${process.env.INSPYR_SOURCE}/demo/chelsea.png`);
  await page.until(`document.getElementById("canvas").width !== 512 && ${ALL_DRAWN}`);
  await openedWithTheButton(astronaut);
  await page.until(`document.getElementById("canvas").width === 512 && ${ALL_DRAWN}`);
  await theDownloadHasTheLibrarysBytes();
  assert.deepEqual(page.faults, []);
} finally {
  await page.close();
  rmSync(folder, { recursive: true, force: true });
}
