namespace FlowDispatch.Templating.Liquid;

/// <summary>What a filter makes of a value and its arguments, of which there are as many as it takes.</summary>
internal delegate object? FilterBody(Evaluation evaluation, object? input, object?[] arguments);

/// <summary>A filter by its name in templates.</summary>
internal sealed record LiquidFilter(string Name, int LeastArguments, int MostArguments, FilterBody Apply)
{
    public string Arity => (LeastArguments, MostArguments) switch
    {
        (0, 0) => "no arguments",
        (1, 1) => "1 argument",
        var (least, most) when least == most => $"{least} arguments",
        var (least, most) => $"{least} to {most} arguments",
    };

    public bool Takes(int arguments) => arguments >= LeastArguments && arguments <= MostArguments;
}
