// The API's description in OpenAPI, made from the routes' own schemas.
import swagger from '@fastify/swagger';
import type { Server } from '@todo/runtime/server';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** Describes every route that is registered after it. */
export async function describeApi(app: Server): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Todo API',
        version: '1',
        description: 'Send a bearer token. Errors are problem+json (RFC 9457) and name the field.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}
