import type { Pool as PoolType } from 'undici';
// @ts-expect-error: the package types its front door only. That one loads fetch, caches, mocks and more: 40 ms of every pod's start.
import UndiciPool from 'undici/lib/dispatcher/pool.js';

export const Pool = UndiciPool as typeof PoolType;
export type Pool = PoolType;
