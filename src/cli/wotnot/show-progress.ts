import type { UploadProgress } from '../../wotnot/index.js';
import type { World } from '../world.js';

/**
 * How far an upload is: on a terminal one line that is written over, else a line at the start, at each quarter
 * and at the end.
 */
export function showProgress(world: World) {
  const step = world.overwrite === undefined ? 25 : 1;
  let shown = -1;
  let isLineOpen = false;
  return {
    update({ sentBytes, totalBytes }: UploadProgress): void {
      // Only a stream has no length, and a command line has texts and files.
      if (totalBytes === null) return;
      const percent = Math.floor((sentBytes / totalBytes) * 100);
      const reached = percent - (percent % step);
      if (reached <= shown) return;
      shown = reached;
      const line = `uploading ${String(percent).padStart(3)} % of ${totalBytes.toLocaleString('en')} bytes`;
      if (world.overwrite === undefined) return world.complain(line);
      world.overwrite(line);
      isLineOpen = true;
    },
    /** Whatever is said next has a line of its own. */
    end(): void {
      if (isLineOpen) world.complain('');
      isLineOpen = false;
    },
  };
}
