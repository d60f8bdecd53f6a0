import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express from 'express';
import type { Router } from 'express';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>arcadia-cloud API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" href="/api/docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

// Served as a file, since the content security policy allows no inline script. No validator: it would call a
// foreign host.
const settings = {
  url: '/api/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  validatorUrl: null,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
};
const start = `SwaggerUIBundle(${JSON.stringify(settings)});\n`;

const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** The API description as JSON, and as a page whose assets all come from this service. */
export function docsRouter(routes: readonly Route[]): Router {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  // Made when it is first asked for: that takes longer than the rest of a start of the API.
  let document: string | undefined;
  const router = express.Router();
  router.get('/api/openapi.json', (_request, response) => {
    document ??= JSON.stringify(openApiDocument(routes));
    response.type('application/json').send(document);
  });
  router.get('/api/docs', (_request, response) => {
    response.type('text/html').send(page);
  });
  router.get('/api/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(start);
  });
  for (const asset of assets) {
    router.get(`/api/docs/${asset}`, (_request, response, next) => {
      response.sendFile(
        join(folder, asset),
        { maxAge: '1h', etag: false, dotfiles: 'allow' },
        (error?: Error) => {
          if (error) next(error);
        },
      );
    });
  }
  return router;
}
