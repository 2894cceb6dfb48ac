import { findBelowFloor } from '../version-floor.mjs';

export async function checkVersions(root) {
  const { faults, checked } = findBelowFloor(root);
  return {
    outcome: faults.length === 0 ? 'passed' : 'failed',
    output: faults.join('\n'),
    remark: `${checked} installed copies of watched packages`,
  };
}
