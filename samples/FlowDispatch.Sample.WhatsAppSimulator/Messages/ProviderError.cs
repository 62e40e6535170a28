namespace FlowDispatch.Sample.Simulator;

/// <summary>An error as the provider numbers it, with details where the general ones of the code do not say enough.</summary>
internal sealed record ProviderError(int Code, string? Details = null)
{
    public string Title => ErrorCatalogue.TitleOf(Code);

    /// <summary>The status of the answer, after the older edition of the provider's list; 400 where it names none.</summary>
    public int HttpStatus => Code switch
    {
        0 or 190 => 401,
        10 or (>= 200 and <= 299) or 368 or 130497 or 131005 or 131031 => 403,
        132001 => 404,
        3 or 131000 or 131016 or 131045 or 131057 or 133000 or 134102 => 500,
        2 or 133004 => 503,
        _ => 400,
    };

    /// <summary>Errors of the Graph layer carry no <c>error_data</c>, save for parameters.</summary>
    public bool HasData => Code >= 1000 || Details is not null;
}
