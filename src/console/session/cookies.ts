import type { Request, Response } from 'express';

const themeCookie = 'arcadia_theme';

/** The value of a cookie; of two with one name the first, which is the one with the longer path. */
function cookieOf(request: Request, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals !== -1 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
}

/** Whether the person's browser reaches the service by HTTPS, itself or through a proxy in front of it. */
const isSecure = (request: Request): boolean =>
  request.secure || (request.get('X-Forwarded-Proto') ?? '').split(',')[0]?.trim() === 'https';

/**
 * The cookie of the session. By HTTPS its name has the prefix with which browsers let no other host, and no
 * page without HTTPS, put one in its place; such a cookie is of the whole host.
 */
const sessionCookieOf = (request: Request): { name: string; path: string } =>
  isSecure(request)
    ? { name: '__Host-arcadia_session', path: '/' }
    : { name: 'arcadia_session', path: '/console' };

/** The secret of the session, as the browser has it. */
export const sessionSecretOf = (request: Request): string | null =>
  cookieOf(request, sessionCookieOf(request).name);

/** Gives the browser its session. No script reads it, and no other site sends it. */
export function setSessionCookie(request: Request, response: Response, secret: string, expires: Date): void {
  const { name, path } = sessionCookieOf(request);
  response.cookie(name, secret, {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
    path,
    expires,
  });
}

export function clearSessionCookie(request: Request, response: Response): void {
  const { name, path } = sessionCookieOf(request);
  response.clearCookie(name, {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
    path,
  });
}

export type Theme = 'auto' | 'light' | 'dark';

export function themeOf(request: Request): Theme {
  const theme = cookieOf(request, themeCookie);
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

const year = 365 * 24 * 60 * 60 * 1_000;

export function setTheme(request: Request, response: Response, theme: string): void {
  const chosen = theme === 'light' || theme === 'dark' ? theme : 'auto';
  response.cookie(themeCookie, chosen, {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
    path: '/console',
    maxAge: year,
  });
}
