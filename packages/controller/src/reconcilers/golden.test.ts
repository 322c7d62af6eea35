import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { goldenTests } from '../testing/golden.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

for (const entry of readdirSync(here, { withFileTypes: true })) if (entry.isDirectory()) goldenTests(`${here}${entry.name}`);
