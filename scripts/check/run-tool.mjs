import { execFile } from 'node:child_process';
import path from 'node:path';

const tenMinutes = 600_000;
const outputLimitBytes = 64 * 1024 * 1024;

/** Runs a Node program of the project; it passes when it exits with 0, and what it printed is kept if not. */
export function runTool(root, program, ...options) {
  return new Promise((resolve) => {
    const settings = {
      cwd: root,
      maxBuffer: outputLimitBytes,
      timeout: tenMinutes,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    };
    execFile(
      process.execPath,
      [...programOf(root, program), ...options],
      settings,
      (error, stdout, stderr) => {
        if (!error) resolve({ outcome: 'passed' });
        else resolve({ outcome: 'failed', output: `${stdout}${stderr}`.trim() || error.message });
      },
    );
  });
}

function programOf(root, program) {
  const own = path.join(root, program);
  return program.endsWith('.ts') ? ['--import', path.join(root, 'scripts/ts-loader.mjs'), own] : [own];
}
