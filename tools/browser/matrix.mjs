// The picture of the matrix in README.md: `matrix.mjs REPORT FILE` writes it as SVG. Rows, numbers and colours are read from
// the page, so that the picture says what the report says; the same report gives the same picture.

import { writeFileSync } from 'node:fs';

import { launch, open } from './browser.mjs';

const [report, target] = process.argv.slice(2);
const [WIDTH, LEFT, ROW, EDGE] = [800, 124, 18, 12];
const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/** What the table of the page says: engines, rows of cells with a class, a symbol and two numbers, and the legend. */
function read() {
    const table = document.querySelector('#matrix table');
    const plain = (cell) => {
        const copy = cell.cloneNode(true);
        for (const hidden of copy.querySelectorAll('.hidden')) hidden.remove();
        return copy.textContent.trim();
    };
    const cellOf = (cell) => {
        const kind = [...cell.classList].find((name) => /^(status|severity)-/.test(name)) ?? 'none';
        const [, symbol, passed, judged] = /^(\S+)\s+([\d,]+)\/([\d,]+)$/.exec(plain(cell)) ?? [];
        const number = (text) => Number(text.replaceAll(',', ''));
        return judged === undefined ? { kind, text: '–' } : { kind, symbol, passed: number(passed), judged: number(judged) };
    };
    const rows = [...table.querySelectorAll('tbody tr, tfoot tr')].map((row) => [plain(row.cells[0]), [...row.cells].slice(1).map(cellOf)]);
    const engines = [...table.tHead.rows[0].cells].slice(1).map(plain);
    const kinds = new Set(rows.flatMap(([, cells]) => cells.map((cell) => cell.kind)));
    const colours = {};
    for (const kind of kinds) {
        const style = getComputedStyle(document.querySelector(`#matrix td.${kind}`) ?? document.body);
        colours[kind] = [style.color, style.backgroundColor];
    }
    const body = getComputedStyle(document.body);
    const legend = [...document.querySelectorAll('#matrix .legend li')].map(plain);
    return { rows, engines, legend, colours, body: [body.color, body.backgroundColor] };
}

/** A text for XML. */
function xml(text) {
    return text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]);
}

/** The rules of a theme. */
function rules({ colours, body }) {
    const kinds = Object.entries(colours).map(([kind, [fore, back]]) => `.${kind}{fill:${back}}.${kind}-t{fill:${fore}}`);
    return `text{fill:${body[0]}}.paper{fill:${body[1]}}${kinds.join('')}`.replace(/, /g, ',');
}

/** How many of a hundred pass. Only where all pass it is a hundred. */
function share({ passed, judged }) {
    return Math.floor((100 * passed) / judged);
}

/** What stands in a cell: the symbol of the worst that differs, and how many of a hundred pass. */
function words(cell) {
    if (!cell.judged) return '–';
    return cell.passed === cell.judged ? cell.symbol : `${cell.symbol} ${share(cell)}`;
}

/** Draws a row: neighbours of one kind share a box. */
function drawRow([area, cells], top, column) {
    const out = [`<text x="${EDGE}" y="${top + 13}">${xml(area)}</text>`];
    for (let at = 0; at < cells.length; ) {
        let end = at + 1;
        while (end < cells.length && cells[end].kind === cells[at].kind) end++;
        out.push(`<rect class="${cells[at].kind}" x="${LEFT + at * column}" y="${top}" width="${(end - at) * column - 1}" height="${ROW - 1}"/>`);
        at = end;
    }
    cells.forEach((cell, at) => out.push(`<text class="n ${cell.kind}-t" x="${LEFT + at * column + (column - 1) / 2}" y="${top + 13}">${xml(words(cell))}</text>`));
    return out;
}

/** Draws the picture. */
function draw(light, dark) {
    const column = Math.floor((WIDTH - LEFT - EDGE) / light.engines.length);
    const head = 14 + Math.max(...light.engines.map((engine) => engine.length)) * 6;
    const heads = light.engines.map((engine, at) => {
        const x = LEFT + at * column + column / 2 + 4;
        return `<text transform="translate(${x} ${head}) rotate(-90)">${xml(engine)}</text>`;
    });
    const rows = light.rows.flatMap((row, at) => drawRow(row, head + 8 + at * ROW, column));
    const foot = head + 8 + light.rows.length * ROW + 20;
    const used = new Set(light.rows.flatMap(([, cells]) => cells.map((cell) => cell.symbol)));
    const legend = light.legend.filter((each) => used.has(each.split(' ')[0])).map((each) => each.replace(/\s+/, ' '));
    const height = foot + 2 * 16 + EDGE - 8;
    const title = `Which share of the cases each engine passes, by area`;
    const total = light.rows.at(-1)[1].map((cell, at) => `${light.engines[at]} ${share(cell)}`);
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title words" font-family='${FONT}' font-size="11">`,
        `<title id="title">${title}</title>`,
        `<desc id="words">Of a hundred cases of all areas pass: ${xml(total.join(', '))}.</desc>`,
        `<style>.n{text-anchor:middle}${rules(light)}@media(prefers-color-scheme:dark){${rules(dark)}}</style>`,
        `<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>`,
        ...heads,
        ...rows,
        `<text x="${EDGE}" y="${foot}">Numbers: of a hundred cases, how many pass. Symbols: the worst that differs.</text>`,
        `<text x="${EDGE}" y="${foot + 16}">${xml(legend.join('    ')).replaceAll('    ', '\u2003')}</text>`,
        '</svg>\n',
    ].join('\n');
}

const browser = await launch();
const themes = [];
for (const colorScheme of ['light', 'dark']) {
    const page = await open(browser, report, '#matrix', { colorScheme });
    themes.push(await page.evaluate(read));
    await page.context().close();
}
await browser.close();
writeFileSync(target, draw(...themes));
