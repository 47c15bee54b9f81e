/* chromium.mjs - a headless Chromium without anything else, DevTools messages over two pipes; and what the tests of the
 * page ask it. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".png": "image/png" };

export function serve(folder) {
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://x").pathname.slice(1) || "index.html";
    try {
      const bytes = readFileSync(join(folder, name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }));
  });
}

export async function browse(program) {
  const profile = mkdtempSync(join(tmpdir(), "inspyr-chromium-"));
  const child = spawn(program, ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
    `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [, , , output, input] = child.stdio;
  const waiting = new Map(), faults = [];
  let id = 0, rest = "", session;

  const hear = ({ id: answered, result, error, method, params }) => {
    if (answered) {
      const call = waiting.get(answered);
      waiting.delete(answered);
      return error ? call.reject(new Error(error.message)) : call.resolve(result);
    }
    if (method === "Runtime.exceptionThrown") faults.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.level === "error") faults.push(params.entry.text);
    return undefined;
  };
  input.setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    messages.forEach((message) => hear(JSON.parse(message)));
  });
  const send = (method, params = {}) => new Promise((resolve, reject) => {
    waiting.set(++id, { resolve, reject });
    output.write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`);
  });
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  session = (await send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  for (const domain of ["Page", "Runtime", "Log"]) await send(`${domain}.enable`);

  const page = {
    send,
    faults,
    async run(expression) {
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    async until(expression, seconds = 120) {
      for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
        if (await page.run(expression)) return;
        await new Promise((resolve) => { setTimeout(resolve, 50); });
      }
      throw new Error(`after ${seconds} s it still is not so: ${expression}`);
    },
    size: (width, height, mobile = false) =>
      send("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: mobile ? 2 : 1 }),
    async picture(file, whole = false) {
      const { data } = await send("Page.captureScreenshot", { format: "png", captureBeyondViewport: whole });
      writeFileSync(file, Buffer.from(data, "base64"));
    },
    async close() {
      const ended = new Promise((resolve) => { child.on("exit", resolve); });
      session = undefined;
      send("Browser.close").catch(() => {});
      await ended;
      rmSync(profile, { recursive: true, force: true });
    },
  };
  return page;
}

export const ALL_DRAWN = "[...document.querySelectorAll('.card .ms')].length && [...document.querySelectorAll('.card .ms')].every((m) => m.textContent !== '…')";

/* The page, once its effects are drawn; ends with 77 where there is no page or no Chromium. folder: of screenshots. */
export async function visit(folder) {
  const { INSPYR_WASM: wasm = "", INSPYR_CHROMIUM: chromium = "" } = process.env;
  if (!existsSync(wasm) || !existsSync(chromium)) {
    console.log(`skipped: ${existsSync(wasm) ? "there is no Chromium" : `there is no ${wasm}; make wasm builds it`}`);
    process.exit(77);
  }
  if (folder) mkdirSync(folder, { recursive: true });
  const server = await serve(dirname(wasm)), page = await browse(chromium);
  await page.size(1280, 900);
  await page.send("Page.navigate", { url: server.address });
  await page.until(`document.readyState === "complete" && ${ALL_DRAWN}`);
  return {
    ...page,
    shoot: (name, whole) => folder && page.picture(join(folder, `${name}.png`), whole),
    status: () => page.run("document.getElementById('status').textContent"),
    text: () => page.run("document.getElementById('text').textContent"),
    click: (id) => page.run(`document.getElementById("${id}").click()`),
    /* Of the canvas: a sum of all channels, and how many pixels are clear. */
    pixels: () => page.run(`(() => {
      const c = document.getElementById("canvas");
      const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
      let sum = 0, clear = 0;
      for (let i = 0; i < d.length; i++) { sum = (sum * 31 + d[i]) % 1000003; if (i % 4 === 3 && d[i] === 0) clear++; }
      return { sum, clear, count: d.length / 4, width: c.width, height: c.height };
    })()`),
    /* Takes an effect, and waits until it is on the canvas. */
    async choose(name) {
      await page.run(`[...document.querySelectorAll(".card")].find((c) => c.querySelector(".name").textContent === "${name}").click()`);
      await page.until(`document.getElementById("text").textContent.startsWith("${name}@")`);
    },
    async close() {
      await page.close();
      server.close();
    },
  };
}
