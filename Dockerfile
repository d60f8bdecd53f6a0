# The service as an image: compiled, with its production dependencies, run by a user without rights.
# docker build -t arcadia-cloud . && docker run --env-file .env -p 4005:4005 arcadia-cloud

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are the embedded PostgreSQL and packages of tests and of tsx: 60 MB without a use here.
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY commands ./commands
COPY projections ./projections
COPY migrations ./migrations
RUN node scripts/build.mjs

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim AS runtime
ENV NODE_ENV=production
# The network of the container decides who reaches it.
ENV HOST=0.0.0.0
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 4005
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["node", \
  "--input-type=module", "-e", \
  "process.exit((await fetch(`http://127.0.0.1:${process.env.PORT || 4005}/api/health`)).ok ? 0 : 1)"]
ENTRYPOINT ["node", "--max-semi-space-size=32", "--heap-growing-percent=100", "dist/src/cli.js"]
CMD ["serve"]
