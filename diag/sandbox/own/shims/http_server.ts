// std/http/server.ts on Deno.serve. The address is the platform's business, so port and hostname are not taken over.
type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

interface ServeInit {
  onError?: (error: unknown) => Response | Promise<Response>;
  onListen?: (address: { hostname: string; port: number }) => void;
  signal?: AbortSignal;
}

export function serve(handler: Handler, init: ServeInit = {}): Promise<void> {
  const { onError, onListen, signal } = init;
  return Deno.serve({ onError, onListen, signal } as Deno.ServeTcpOptions, handler).finished;
}
