// The ways in which a site's choices change what its pages get. A script that the browser runs for such a site, behind
// the Page's own and before the site's, says so in an event on the window. A page can say the same and change itself only.

export type SiteShape = 'ai-today' | 'ai-off' | 'browsers-own';

/** Type of the event; its detail is a SiteShape. */
export const SITE_SHAPE = 'windowsill-shape';

export function saySiteShape(shape: SiteShape): void {
  dispatchEvent(new CustomEvent(SITE_SHAPE, { detail: shape }));
}
