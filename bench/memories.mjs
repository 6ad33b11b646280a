// What wasm keeps: its linear memory never shrinks.

/** Every linear memory that a wasm instance brings from now on. */
export function watchMemories() {
  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  const { Instance } = WebAssembly;
  const watched = new Proxy(Instance, {
    construct(target, given) {
      const instance = Reflect.construct(target, given);
      memories.push(...Object.values(instance.exports).filter((value) => value instanceof WebAssembly.Memory));
      return instance;
    },
  });
  Object.defineProperty(WebAssembly, "Instance", { value: watched });
  return memories;
}
