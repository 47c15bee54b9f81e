/* calls.js - a worker whose verbs are called as functions that return promises. */
export class Calls {
  #worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  #next = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { id, result, error, progress } }) => {
      const call = this.#waiting.get(id);
      if (progress !== undefined) return call.progress?.(progress);
      this.#waiting.delete(id);
      return error ? call.reject(Object.assign(new Error(error.message), { status: error.status })) : call.resolve(result);
    };
    this.#worker.onerror = (event) => {
      for (const call of this.#waiting.values()) call.reject(new Error(event.message || "the worker could not start"));
      this.#waiting.clear();
    };
  }

  call(verb, rest = {}, progress = null) {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject, progress });
      this.#worker.postMessage({ id, verb, ...rest });
    });
  }
}
