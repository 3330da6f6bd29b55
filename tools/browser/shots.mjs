// Pictures of a report for somebody who changes its look: `shots.mjs REPORT FOLDER` writes each page wide and narrow, light
// and dark, and an opened case with a drawing where there is one.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { NARROW, WIDE, launch, open } from './browser.mjs';
import { pages, ready } from './report.mjs';

const [file, folder] = process.argv.slice(2);
const results = JSON.parse(readFileSync(join(dirname(file), 'results.json'), 'utf8'));
const aliasing = results.cases.find((item) =>
    Object.values(item.results).some((result) => result.seen && /contents|offset|strides/.test(result.facet ?? '')),
);
const failing = results.cases.find((item) => Object.values(item.results).some((result) => result.step));
const shown = aliasing ?? failing ?? results.cases[0];
const TALLEST = 4000;

const browser = await launch();
for (const [size, viewport] of [['wide', WIDE], ['narrow', { ...NARROW, width: 390 }]]) {
    for (const colorScheme of ['light', 'dark']) {
        const page = await open(browser, file, '', { viewport, colorScheme });
        await ready(page);
        const views = (await pages(page)).map((id) => [id, `#${id}`]);
        views.push(['case', `#cases?case=${encodeURIComponent(shown.id)}`], ['differs', '#cases?differs=1']);
        for (const [name, hash] of views) {
            await page.setViewportSize(viewport);
            await page.evaluate((hash) => (location.hash = hash), hash);
            await page.waitForTimeout(150);
            const height = await page.evaluate(() => document.documentElement.scrollHeight);
            await page.setViewportSize({ ...viewport, height: Math.min(height, TALLEST) });
            await page.evaluate(() => scrollTo(0, 0));
            await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
        }
        for (const complaint of page.complaints) console.log(`${size}, ${colorScheme}: ${complaint}`);
        await page.context().close();
    }
}
await browser.close();
