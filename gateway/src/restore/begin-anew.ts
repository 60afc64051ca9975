/** How a site goes on when its log can grow no more: for the people who read it in an alarm. */
export const BEGIN_ANEW =
  'the operator closes this origin (sigill cloud revoke, with the fingerprint of this gateway) and the box begins anew as another: sigill gateway init in a new folder, sigill gateway enroll; agents that sent here are enrolled there anew, with keys of their own';
