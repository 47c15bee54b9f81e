/* page.js - the page: a picture, every effect drawn on it, the controls of one, and the cut-out. */
import { Calls } from "./calls.js";
import { element, fill, presets, textOf } from "./controls.js";

const LONGEST_SIDE = 4096; // what phones still have memory for, several times
const [canvas, board, status, progress, gallery, form] =
  ["canvas", "board", "status", "progress", "gallery", "controls"].map((id) => document.getElementById(id));
const [cutButton, originalButton, downloadButton, resetButton, file] =
  ["cut", "original", "download", "reset", "file"].map((id) => document.getElementById(id));

const drawing = new Calls();
let cutting = null; // a second worker, made when it is needed
let effects, selected;
const state = { photo: null, cutout: null, shown: null, name: "picture", cut: false, generation: 0 };

function say(text, bad = false) {
  status.textContent = text;
  status.classList.toggle("bad", bad);
}

const picture = () => (state.cut ? state.cutout : state.photo);
const milliseconds = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

function show(image) {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.style.setProperty("--ratio", image.width / image.height);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function showThumbnail(thumbnail, image) {
  const whole = element("canvas", { width: image.width, height: image.height });
  whole.getContext("2d").putImageData(image, 0, 0);
  const room = thumbnail.getContext("2d");
  const scale = Math.max(thumbnail.width / image.width, thumbnail.height / image.height);
  const [w, h] = [image.width * scale, image.height * scale];
  room.clearRect(0, 0, thumbnail.width, thumbnail.height);
  room.imageSmoothingQuality = "high";
  room.drawImage(whole, (thumbnail.width - w) / 2, (thumbnail.height - h) / 4, w, h);
}

/* One effect with its values as they are now; of changes that come while it is drawn, the last one follows. */
async function draw(entry) {
  entry.stale = true;
  if (entry.busy) return;
  entry.busy = true;
  while (entry.stale) {
    entry.stale = false;
    const { generation } = state;
    try {
      const { effect, image, ms } = await drawing.call("draw", { text: textOf(entry.effect, entry.values), seed: 1 });
      if (generation !== state.generation) {
        entry.stale = true;
        continue;
      }
      const pixels = new ImageData(image.data, image.width, image.height);
      entry.ms.textContent = milliseconds(ms);
      showThumbnail(entry.thumbnail, pixels);
      if (entry === selected) present(entry, pixels, effect, ms);
    } catch (error) {
      say(`${entry.effect.name}: ${error.message}`, true);
    }
  }
  entry.busy = false;
}

function present(entry, image, text, ms) {
  state.shown = image;
  document.getElementById("text").textContent = text;
  if (originalButton.getAttribute("aria-pressed") !== "true") show(image);
  say(`${entry.effect.name}: ${image.width} × ${image.height} pixels in ${milliseconds(ms)}`);
}

/* The picture has changed: the effect that is seen first, then the others. */
async function drawAll() {
  const generation = ++state.generation;
  await drawing.call("picture", { image: picture() });
  for (const entry of [selected, ...effects.filter((e) => e !== selected)]) {
    if (generation !== state.generation) return;
    await draw(entry);
  }
}

function choose(entry) {
  selected = entry;
  for (const e of effects) e.card.setAttribute("aria-pressed", e === entry);
  document.getElementById("panel-title").textContent = entry.effect.name;
  document.getElementById("panel-text").textContent = entry.effect.text;
  resetButton.hidden = !entry.effect.parameters.length && entry.effect.newest === 1;
  fill(form, entry.effect, entry.values, () => draw(entry));
}

function card(effect) {
  const entry = { effect, values: presets(effect), thumbnail: element("canvas", { width: 320, height: 240 }) };
  entry.ms = element("span", { className: "ms" }, "…");
  entry.card = element("button", { type: "button", className: "card", title: effect.text }, entry.thumbnail,
    element("span", { className: "name" }, effect.name), entry.ms);
  entry.card.onclick = () => {
    choose(entry);
    draw(entry);
  };
  gallery.append(element("li", {}, entry.card));
  return entry;
}

async function open(blob, name) {
  try {
    const bitmap = await createImageBitmap(blob);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const room = element("canvas", { width, height }).getContext("2d", { willReadFrequently: true });
    room.drawImage(bitmap, 0, 0, width, height);
    Object.assign(state, { photo: room.getImageData(0, 0, width, height), cutout: null, name: name.replace(/\.\w+$/, "") });
    setCut(false);
    showOriginal(false);
    await drawAll();
  } catch (error) {
    say(`${name}: ${error.name === "InvalidStateError" ? "not a picture that this browser reads" : error.message}`, true);
  }
}

async function openSample(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (response.ok) await open(await response.blob(), name);
  else say(`${name}: ${response.status} ${response.statusText}`, true);
}

function setCut(cut) {
  state.cut = cut;
  cutButton.textContent = cut ? "Undo cut-out" : "Cut out subject";
}

async function cutOut() {
  if (state.cut || state.cutout) {
    setCut(!state.cut);
    return drawAll();
  }
  const { photo } = state;
  cutButton.disabled = true;
  progress.hidden = false;
  progress.removeAttribute("value");
  say(cutting ? "Looking for the subject…" : "Fetching the network (5 MB)…");
  try {
    cutting ??= new Calls();
    const { data, width, height, subject, ms } = await cutting.call("cutout", { image: photo }, (fraction) => {
      progress.value = fraction;
    });
    if (photo !== state.photo) return undefined; // another picture has been opened meanwhile
    if (!subject) return say("There is no subject that stands out: the network is made for people and pets.", true);
    state.cutout = new ImageData(data, width, height);
    setCut(true);
    await drawAll();
    return say(`Cut out in ${milliseconds(ms)}.`);
  } catch (error) {
    return say(error.message, true);
  } finally {
    cutButton.disabled = false;
    progress.hidden = true;
  }
}

function showOriginal(on) {
  originalButton.setAttribute("aria-pressed", on);
  if (state.shown) show(on ? state.photo : state.shown);
}

async function download() {
  const name = `${state.name}_${selected.effect.name}.png`;
  try {
    const file = await drawing.call("png", { image: state.shown });
    const link = element("a", { href: URL.createObjectURL(file), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (error) {
    say(`${name}: ${error.message}`, true);
  }
}

function listen() {
  file.onchange = () => file.files[0] && open(file.files[0], file.files[0].name);
  cutButton.onclick = cutOut;
  downloadButton.onclick = download;
  originalButton.onclick = () => showOriginal(originalButton.getAttribute("aria-pressed") !== "true");
  resetButton.onclick = () => {
    Object.assign(selected.values, presets(selected.effect));
    choose(selected);
    draw(selected);
  };
  for (const sample of document.querySelectorAll("[data-sample]")) sample.onclick = () => openSample(sample.dataset.sample);
  form.onsubmit = (event) => event.preventDefault();
  addEventListener("dragover", (event) => {
    event.preventDefault();
    board.classList.add("over");
  });
  addEventListener("dragleave", () => board.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    board.classList.remove("over");
    const [dropped] = event.dataTransfer.files;
    if (dropped) open(dropped, dropped.name);
  });
}

try {
  const library = await drawing.call("describe");
  document.getElementById("about").textContent = `libinspyr ${library.version} (${library.features}), compiled to WebAssembly.`;
  effects = library.effects.map(card);
  choose(effects.find((entry) => entry.effect.parameters.length) ?? effects[0]);
  listen();
  await openSample("chelsea.png");
} catch (error) {
  say(error.message, true);
}
