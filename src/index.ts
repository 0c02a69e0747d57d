export type { Config, Mistake } from './config.ts';
export { maskedConfig, readConfig } from './config.ts';
export type { Gateway, GatewayParts } from './gateway.ts';
export { createGateway } from './gateway.ts';
export type { Log, LogEvent } from './log.ts';
export { createLog } from './log.ts';
export type { Transport, WireRequest, WireResponse } from './upstream.ts';
