# syntax=docker/dockerfile:1

# The long-term line of Node.js; see the floors in scripts/version-floor.mjs.
FROM node:24-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN npm ci
COPY . .
RUN npm run build

FROM base AS libraries
RUN npm ci --omit=dev && npm cache clean --force

FROM node:24-slim
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
WORKDIR /app

# The code belongs to root and is only read; /data is the one place that is written to.
COPY --from=libraries /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY prisma ./prisma
RUN install --directory --owner=node --group=node --mode=0700 /data \
  && ln -s /app/dist/src/cli/main.js /usr/local/bin/desk-bridge
VOLUME /data
USER node
EXPOSE 3000

# Alive, not ready: restarting would not mend a database that is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Node itself is process 1, so that it receives SIGTERM and drains.
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/main.js"]
