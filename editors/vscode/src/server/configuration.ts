/** Answers the server's questions about settings with those that are its own. */
import type { ConfigurationMiddleware } from 'vscode-languageclient/node';
import { serverSettings } from '../serverSettings.js';
import { SECTION, type Settings } from '../settings.js';

export function answersOfSettings(settings: Settings): ConfigurationMiddleware {
  return {
    configuration: (params, token, next) =>
      params.items.every((item) => item.section === SECTION)
        ? params.items.map(() => serverSettings(settings))
        : next(params, token),
  };
}
