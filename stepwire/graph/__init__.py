"""Pictures of state machine definitions: Mermaid, DOT and SVG.

``from_definition`` makes a ``Graph`` of a definition, and there is one module for each
format: ``mermaid.render(graph)``, ``dot.render(graph)``, ``svg.render(graph)``.
"""

from stepwire.graph.model import Arrow, Graph, Node, from_definition

__all__ = ["Arrow", "Graph", "Node", "from_definition"]
