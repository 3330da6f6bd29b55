// Starts Chromium, and gives pages that are watched: whatever a report must not do is noted. Owns the choice of the
// browser's options, and no test.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = process.env.BROWSER_MODULES ?? join(ROOT, 'target/browser/node_modules');
const require = createRequire(join(modules, 'here'));
const { chromium } = require('playwright-core');

export const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 360, height: 740 };

// A report that works from a file asks the network for nothing, so the browser is not to ask for anything either.
const QUIET = [
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
];

/** Starts the browser. */
export function launch() {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });
}

/** The address of a file, with what comes after `#`. */
export function address(file, hash = '') {
    return pathToFileURL(file).href + hash;
}

/**
 * Opens a new page with the options of a browser context. `page.complaints` gets a line for everything that a report
 * must not do: an exception, an error or a warning, a dialog, and each request but that for the file itself.
 */
export async function open(browser, file, hash = '', options = {}) {
    const context = await browser.newContext({ viewport: WIDE, ...options });
    const page = await context.newPage();
    page.complaints = [];
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) page.complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => page.complaints.push(`exception: ${error.stack ?? error}`));
    page.on('dialog', (dialog) => {
        page.complaints.push(`dialog: ${dialog.message()}`);
        dialog.dismiss();
    });
    page.on('request', (request) => {
        if (request.url().split('#')[0] !== address(file)) page.complaints.push(`request: ${request.url()}`);
    });
    await page.goto(address(file, hash));
    return page;
}

/** Opens a page, gives it to a function, and closes it. What the page must not do is an error afterwards. */
export async function visit(browser, file, hash, options, use) {
    const page = await open(browser, file, hash, options);
    try {
        await use(page);
        if (page.complaints.length) throw new Error(page.complaints.slice(0, 5).join('\n'));
    } finally {
        await page.context().close();
    }
}
