namespace FlowDispatch.Contacts;

/// <summary>What an upsert does with a contact that is there already.</summary>
public enum ContactUpdateMode
{
    /// <summary>Leaves it as it is.</summary>
    None = 0,

    /// <summary>Fills in only what it lacks.</summary>
    Fill = 1,

    /// <summary>Replaces what is given.</summary>
    Overwrite = 2,
}
