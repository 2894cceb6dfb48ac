import type { Refusal, Upload } from '../route.js';

export type UploadReading = { outcome: 'read'; upload: Upload } | Refusal | { outcome: 'gone' };
