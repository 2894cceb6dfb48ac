/* Fails when prisma/schema.prisma says something that the migrations do not do. */
import { compareMigrationsToSchema } from './schema-engine.js';

const difference = await compareMigrationsToSchema();
switch (difference.outcome) {
  case 'none':
    console.log('schema and migrations agree');
    break;
  case 'some':
    console.error(
      'prisma/schema.prisma and prisma/migrations disagree; `npm run db:migration -- <name>` writes:',
    );
    console.error(difference.sql);
    process.exitCode = 1;
    break;
}

// PGlite leaves a timer of ten seconds behind that would only keep the process waiting.
process.exit();
