// The file itself: it needs no other, and the same results give the same bytes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch, visit } from './browser.mjs';
import { ready, report } from './report.mjs';

const { file, folder } = report('real');
let browser, elsewhere;
before(async () => {
    browser = await launch();
    elsewhere = mkdtempSync(join(tmpdir(), 'report-'));
});
after(async () => {
    await browser.close();
    rmSync(elsewhere, { recursive: true });
});

test('stored results give the same page', () => {
    const args = ['report', join(folder, 'results.json'), '--out', elsewhere, '--color', 'never'];
    const { status, stderr } = spawnSync(process.env.BROWSER_VIEWCHECK, args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.ok(readFileSync(join(elsewhere, 'index.html')).equals(readFileSync(file)));
});

test('the page works alone, in a folder with an odd name', async () => {
    const copy = join(elsewhere, 'a b#c%20é?.html');
    cpSync(file, copy);
    await visit(browser, copy, '#cases?q=release', {}, async (page) => {
        await ready(page);
        assert.ok((await page.locator('.cases > li').count()) > 0);
    });
});

test('a file that was cut off is not taken for a whole one', async () => {
    const text = readFileSync(file, 'utf8');
    const data = text.indexOf('id="data"');
    for (const length of [Math.floor((data + text.length) / 2), data - 1000]) {
        const copy = join(elsewhere, `cut-${length}.html`);
        writeFileSync(copy, text.slice(0, length));
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`file://${copy}`);
        await page.waitForTimeout(300);
        const words = await page.locator('#cases').textContent();
        assert.equal(await page.locator('.matches').count(), 0, 'no list of cases');
        assert.match(words, /JavaScript|not complete|cut off/, `cut at ${length}`);
        await context.close();
    }
});
