// Writes a text to standard output, all of it: a pipe that is full takes a part, or nothing for now.

const fs = require('node:fs');

module.exports = (text) => {
  const data = Buffer.from(text);
  for (let at = 0; at < data.length;) {
    try {
      at += fs.writeSync(1, data, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
};
