// Runs the runner, or the script of a finding, in MicroPython for WebAssembly, which has no standard input of its own.
//
// node micropython.mjs PACKAGE FILE [HEAP]: PACKAGE is the folder of the npm package
// `@micropython/micropython-webassembly-pyscript`, HEAP the bytes of its heap.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';
import write from './write.cjs';

const [folder, runner, heap] = process.argv.slice(2);
const file = path.resolve(folder, 'micropython.mjs');
const { loadMicroPython } = await import(pathToFileURL(file).href);
const source = fs.readFileSync(runner, 'utf8');
// Only a runner has this function.
const isRunner = /^def handle\(/m.test(source);
const python = await loadMicroPython({
  url: path.resolve(folder, 'micropython.wasm'),
  heapsize: Number(heap || 16 << 20),
  stdout: (text) => (isRunner ? process.stderr : process.stdout).write(text + '\n'),
  stderr: (text) => process.stderr.write(text + '\n'),
});
if (!isRunner) {
  try {
    python.runPython(source);
    process.exit(0);
  } catch (error) {
    if (error.type !== 'SystemExit') throw error;
    process.exit(Number(error.message.trim().split('SystemExit: ').pop()));
  }
}
python.runPython("__name__ = 'runner'");
python.runPython(source);
const handle = python.globals.get('handle');
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.trim()) handle(line, write);
}
