/**
 * Chat templates: an interpreter of Jinja within a budget of work, built-in templates, and what a
 * template is able to do. Knows no tokens and no tensors.
 */
package dev.lamina.text.template;
