/** How a site goes on when its log can grow no more: for the people who read it in an alarm. */
export const BEGIN_ANEW =
  'begin this site’s next log: run sigill gateway new-generation gateway.yaml on this box and read the 16 digits to the operator, who approves it; this box and all its agents then go on by themselves';

/** How somebody goes on whose gateway the operator took out, for ever. */
export const BEGIN_AS_ANOTHER =
  'begin as another gateway: sigill gateway init in a new folder, sigill gateway enroll; agents that sent here are enrolled there anew, with keys of their own';
