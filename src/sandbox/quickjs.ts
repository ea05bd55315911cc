import ng from '@jitl/quickjs-ng-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';

const MIB = 1024 * 1024;
/** What the guest's objects may take. */
export const HEAP_BYTES = 96 * MIB;
/**
 * The hard limit, in WebAssembly pages of 64 KiB: 16 to 128 MiB. QuickJS's own limit does not count what fragmentation
 * wastes, which was measured to be five times as much.
 */
const MEMORY = { initial: 256, maximum: 2048 };
/**
 * QuickJS's own stack. A quarter of its default: beyond that, the stack of the thread that WebAssembly runs on could
 * end first, which depends on the host and is no exception that the guest's code can see.
 */
export const STACK_BYTES = 64 * 1024;

export type QuickJs = QuickJSWASMModule;

/** An instance of QuickJS with a memory of its own. */
export function instantiateQuickJs(wasmModule: WebAssembly.Module): Promise<QuickJs> {
  const wasmMemory = new WebAssembly.Memory(MEMORY);
  // Emscripten prints before it throws; what it throws says the same.
  const emscriptenModule: object = { print: ignore, printErr: ignore };
  return newQuickJSWASMModuleFromVariant(newVariant(ng, { wasmModule, wasmMemory, emscriptenModule }));
}

function ignore(): void {}

/** Has the instance's memory grown to where the guest must have run out of it? */
export function isMemoryFull(quickjs: QuickJs): boolean {
  return quickjs.getWasmMemory().buffer.byteLength > (MEMORY.maximum - 64) * 65_536;
}
