// What a page gets from Ping: both of its clients for browsers, as they come.
import { Config, FRUser, TokenManager, TokenStorage, UserManager } from '@forgerock/javascript-sdk';
import { oidc } from '@forgerock/oidc-client';

globalThis.ping = { oidc, Config, FRUser, TokenManager, TokenStorage, UserManager };
