import { openApiDocument } from '../src/http/openapi.js';
import { keepGenerated } from './keep-generated.js';

keepGenerated('docs/openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`, 'npm run openapi');
