/* controls.js - a form for an effect, made of what the library says about its parameters. */

const title = (name) => name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");
const colour = (value) => value.toString(16).padStart(6, "0");

/* A number as its control can hold it: 1.12 and not the double next to it. */
const short = (value) => String(+value.toPrecision(6));

export function presets(effect) {
  return { version: effect.version, ...Object.fromEntries(effect.parameters.map((p) => [p.name, p.preset])) };
}

/* The text of an effect with these values; the library leaves out of it what need not be said. */
export function textOf(effect, values) {
  const words = effect.parameters.filter((p) => !p.noEffect).map((p) => {
    const value = values[p.name];
    return `${p.name}=${p.kind === "choice" ? p.words[value] : p.kind === "colour" ? colour(value) : short(value)}`;
  });
  return `${effect.name}@${values.version}${words.length ? ":" : ""}${words.join(",")}`;
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function select(id, words, chosen, set) {
  const made = element("select", { id }, ...words.map((word, i) => element("option", { value: i, selected: i === chosen }, word)));
  made.onchange = () => set(+made.value);
  return made;
}

/* The inputs of one parameter: what goes beside its label, and what goes below. */
function inputs(p, id, value, set) {
  if (p.kind === "switch") {
    const box = element("input", { type: "checkbox", id, checked: value === 1 });
    box.onchange = () => set(+box.checked);
    return [box];
  }
  if (p.kind === "choice") return [select(id, p.words, value, set)];
  if (p.kind === "colour") {
    const well = element("input", { type: "color", id, value: `#${colour(value)}` });
    well.oninput = () => set(parseInt(well.value.slice(1), 16));
    return [well];
  }
  const words = (number) => `${short(number)}${p.unit && p.unit !== "factor" ? ` ${p.unit}` : ""}`;
  const output = element("output", { htmlFor: id }, words(value));
  const slider = element("input", { type: "range", id, min: p.least, max: p.most });
  slider.step = p.kind === "integer" ? 1 : 0.01;
  slider.value = value;
  slider.oninput = () => {
    output.value = words(+slider.value);
    set(+slider.value);
  };
  return [output, slider];
}

/* Fills a form; changed() is called after each change of values. */
export function fill(form, effect, values, changed) {
  const rows = effect.parameters.filter((p) => !p.noEffect).map((p) => {
    const id = `${effect.name}-${p.name}`;
    const set = (value) => {
      values[p.name] = value;
      changed();
    };
    const [beside, ...below] = inputs(p, id, values[p.name], set);
    const hint = element("span", { className: "hint", id: `${id}-hint` }, p.text);
    (below[0] ?? beside).setAttribute("aria-describedby", hint.id);
    return element("div", { className: "control" }, element("label", { htmlFor: id }, title(p.name)), beside, ...below, hint);
  });
  if (effect.newest > 1) {
    const id = `${effect.name}-version`;
    const versions = Array.from({ length: effect.newest }, (_, i) => String(i + 1));
    rows.push(element("div", { className: "control" }, element("label", { htmlFor: id }, "Version"),
      select(id, versions, values.version - 1, (i) => {
        values.version = i + 1;
        changed();
      })));
  }
  form.replaceChildren(...(rows.length ? rows : [element("p", { className: "hint" }, "it has no settings")]));
}

export { element };
