// One query client a browser, one a request on the server.
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "#lib/client/http.ts";

const isRefused = (error: unknown) => error instanceof ApiError && error.status >= 400 && error.status < 500;

export const makeQueryClient = (onSignedOut: () => void = () => {}): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        // Hints and polling say when data is old; a mounted component alone does not.
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => !isRefused(error) && failures < 2,
      },
    },
  });
