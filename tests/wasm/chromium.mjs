/* chromium.mjs - a headless Chromium without anything else: DevTools messages over two pipes. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

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
