import { readFileSync } from 'node:fs';
import { z } from 'zod';

const samples = z.strictObject({
  about: z.string(),
  substituted: z.record(z.string(), z.number()),
  accountId: z.string(),
  sections: z.array(
    z.strictObject({
      section: z.string(),
      operations: z.array(z.string()),
      method: z.string(),
      path: z.string(),
      requests: z.array(
        z.strictObject({
          operation: z.string(),
          call: z.record(z.string(), z.unknown()),
          method: z.string(),
          path: z.string(),
          body: z.unknown().optional(),
          multipart: z.record(z.string(), z.string()).optional(),
        }),
      ),
      answers: z.array(z.unknown()),
      errors: z.array(
        z.strictObject({
          httpStatus: z.number(),
          body: z.record(z.string(), z.unknown()),
          expected: z.strictObject({
            code: z.string(),
            whatToDo: z.string(),
            messages: z.array(
              z.strictObject({
                message: z.string(),
                path: z.array(z.union([z.string(), z.number()])).optional(),
              }),
            ),
          }),
        }),
      ),
    }),
  ),
});

export const pageSamples = samples.parse(
  JSON.parse(readFileSync(new URL('../fixtures/wotnot/page-samples.json', import.meta.url), 'utf8')),
);
