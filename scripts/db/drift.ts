/* Fails when prisma/schema.prisma says something that the migrations do not do. */
import { compare } from './compare.js';

const comparison = await compare();
switch (comparison.outcome) {
  case 'agree':
    console.log('schema and migrations agree');
    break;
  case 'differ':
    console.error(
      'prisma/schema.prisma and prisma/migrations disagree; `npm run db:migration -- <name>` writes:',
    );
    console.error(comparison.sql);
    process.exitCode = 1;
    break;
}

// PGlite leaves a timer of ten seconds behind that would only keep the process waiting.
process.exit();
