import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { environmentTable } from '../../../src/config/env.js';
import { renderEnvExample } from '../../../src/config/render-env-example.js';

describe('.env.example', () => {
  it('has every name with its default, and sets nothing', () => {
    const text = renderEnvExample();
    expect(parseEnv(text)).toEqual({});
    const uncommented = parseEnv(text.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
    expect(Object.keys(uncommented).sort()).toEqual(
      environmentTable.map(({ name }) => name as string).sort(),
    );
    for (const entry of environmentTable) {
      if (entry.default) expect(uncommented[entry.name]).toBe(entry.default);
    }
  });

  it('has no secret in it', () => {
    for (const entry of environmentTable) expect('secret' in entry && entry.default !== null).toBe(false);
  });
});
