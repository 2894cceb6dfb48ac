import { Router } from 'express';
import type { World } from '../world.js';

export function serveChat(world: World): Router {
  const router = Router();
  void world;
  return router;
}
