namespace FlowDispatch.Templating.Liquid;

/// <summary>A template's text and the places in it.</summary>
internal sealed class TemplateSource(string text)
{
    private int[]? _lineStarts;

    public string Text { get; } = text;

    public (int Line, int Column) Place(int position)
    {
        _lineStarts ??= [0, .. Text.Index().Where(c => c.Item == '\n').Select(c => c.Index + 1)];
        var found = Array.BinarySearch(_lineStarts, position);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, position - _lineStarts[line] + 1);
    }

    public TemplateSyntaxException Error(int position, string message)
    {
        var (line, column) = Place(position);
        return new(message, line, column);
    }
}
