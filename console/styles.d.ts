/** A style sheet is imported for its effect; the bundler gathers all of them into main.css. */
declare module '*.css';
