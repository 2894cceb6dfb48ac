/** Sound as the simplest of files: 16 bits, one channel, little-endian, a header of 44 bytes. */
export function encodeWav(samples: Float32Array, samplesPerSecond: number): Blob {
  const bytes = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const write = (at: number, letters: string): void => {
    for (const [index, letter] of [...letters].entries()) bytes.setUint8(at + index, letter.charCodeAt(0));
  };
  write(0, 'RIFF');
  bytes.setUint32(4, 36 + samples.length * 2, true);
  write(8, 'WAVEfmt ');
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, samplesPerSecond, true);
  bytes.setUint32(28, samplesPerSecond * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  write(36, 'data');
  bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => {
    bytes.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 32_767, true);
  });
  return new Blob([bytes], { type: 'audio/wav' });
}
