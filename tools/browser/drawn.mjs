// What can be wrong in a drawing: numbers that are none, text outside it, text over text, boxes over boxes.

/** Returns the rectangle of a text, as wide as its characters are in the font that is usual. */
function rectangle(text) {
  const size = Number(text.getAttribute('font-size') || 11);
  const wide = [...text.textContent].length * size * 0.6;
  const before = {middle: wide / 2, end: wide}[text.getAttribute('text-anchor')] ?? 0;
  const x = Number(text.getAttribute('x')) - before;
  const y = Number(text.getAttribute('y'));
  return {what: text.textContent, left: x, right: x + wide, top: y - size * 0.75, bottom: y + size * 0.2};
}

/** Returns the item boxes: they are the rectangles with round corners. */
function boxes(svg) {
  return svg.named('rect').filter((one) => one.getAttribute('rx')).map((one) => {
    const [x, y, wide, high] = ['x', 'y', 'width', 'height'].map((name) => Number(one.getAttribute(name)));
    return {what: `box at ${x},${y}`, left: x, right: x + wide, top: y, bottom: y + high};
  });
}

function overlaps(all) {
  const found = [];
  const sorted = [...all].sort((one, other) => one.top - other.top);
  sorted.forEach((one, at) => {
    for (let next = at + 1; next < sorted.length && sorted[next].top < one.bottom - 0.5; next += 1) {
      const other = sorted[next];
      if (one.left < other.right - 0.5 && other.left < one.right - 0.5) found.push(`“${one.what}” lies over “${other.what}”`);
    }
  });
  return found;
}

/** Returns what is wrong in a drawing, as sentences. */
export function faults(svg) {
  const found = [];
  for (const element of svg.all()) {
    for (const [name, value] of element.attributes) {
      if (/NaN|Infinity|undefined|null/.test(value) && !/label/.test(name)) found.push(`${element.name} has ${name}="${value}"`);
    }
  }
  for (const text of svg.named('text')) {
    if (/NaN|undefined|\[object/.test(text.textContent)) found.push(`the text “${text.textContent}”`);
  }
  const [, , wide, high] = (svg.getAttribute('viewBox') || '').split(' ').map(Number);
  const texts = svg.named('text').map(rectangle);
  for (const one of [...texts, ...boxes(svg)]) {
    if (one.left < 0 || one.top < 0 || one.right > wide + 0.5 || one.bottom > high + 0.5) found.push(`“${one.what}” lies outside`);
  }
  return [...found, ...overlaps(texts), ...overlaps(boxes(svg))];
}
