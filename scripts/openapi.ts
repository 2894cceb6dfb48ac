import { mkdir, writeFile } from 'node:fs/promises';
import { openApiDocument } from '../src/http/openapi.js';

const file = new URL('../docs/openapi.json', import.meta.url);
await mkdir(new URL('.', file), { recursive: true });
await writeFile(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
